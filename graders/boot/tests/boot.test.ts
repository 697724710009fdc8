import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Session } from '../../../reference/shell/session.ts';
import { bootMachine, runScript } from '../boot.ts';
import { runToEnd } from '../drive.ts';
import { exportTree } from '../export.ts';
import { prompt } from '../prompt.ts';

const folder = mkdtempSync(join(tmpdir(), 'osgrade-boot-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

class Screen {
  text = '';
  readonly out = (bytes: Buffer): void => {
    this.text += bytes.toString('utf8');
  };
  readonly err = this.out;
}

async function script(text: string): Promise<{ text: string; status: number; session: Session }> {
  const screen = new Screen();
  const session = await bootMachine('tiny', screen);
  const status = await runScript(session, text, screen);
  return { text: screen.text, status, session };
}

describe('bootMachine', () => {
  test('a machine that does not boot is the fault of its file', async () => {
    const path = join(folder, 'bad.yaml');
    const nodes = 'nodes: [{ cpus: [0], memory: 64 MiB }]';
    writeFileSync(
      path,
      `seed: 1\n${nodes}\ndisk: { size: 64 MiB, latency: 1 us, perBlock: 1 us }\nsysctls: { vm.none: 1 }\n`,
    );
    await expect(bootMachine(path, new Screen())).rejects.toMatchObject({ code: 'MACHINE_INVALID' });
  });
});

describe('runScript', () => {
  test('the same script gives the same text, and its exit status', async () => {
    const lines =
      'free; dd if=/data/large of=/dev/null bs=1M count=32; ./memory_intensive_app & vmstat 1 3; wait; ps; exit 3';
    const [one, two] = [await script(lines), await script(lines)];
    expect(one.text).toBe(two.text);
    expect(one.text).toContain('32+0 records in');
    expect(one.status).toBe(3);
  });

  test('text is UTF-8, on the way in and out', async () => {
    const { text } = await script('echo "größer" > f; cat f; wc -c f');
    expect(text).toBe('größer\n9 f\n');
  });

  test('what does not come to an end is stopped', async () => {
    const { session } = await script('true');
    const forever = 'while true; do :; done';
    await expect(runToEnd(session, forever, { mostSteps: 5000 })).resolves.toBe('too many steps');
    await expect(runToEnd(session, 'true')).resolves.toBe('ended');
    session.kernel.validate();
  });

  test('Ctrl-C ends it with status 130; what runs in the background goes on', async () => {
    const screen = new Screen();
    const session = await bootMachine('tiny', screen);
    const ctrlC = new AbortController();
    const stop = { signal: ctrlC.signal };
    setImmediate(() => ctrlC.abort());
    const status = await runScript(session, 'sleep 1h & while true; do sleep 1; done; echo never', screen, stop);
    expect([status, screen.text]).toEqual([130, '']);
    await expect(runScript(session, 'ps -o comm= -C sleep', screen)).resolves.toBe(0);
    expect(screen.text).toBe('sleep\n');
    session.kernel.validate();
  });

  test('a machine that panics says so, and ends', async () => {
    const { text, status } = await script(
      'echo 2 > /proc/sys/vm/panic_on_oom; echo 1 > /proc/sys/vm/overcommit_memory; stress --vm 1 --vm-bytes 300M; echo never',
    );
    expect(text).toContain('Kernel panic - not syncing: ');
    expect(text).not.toContain('never');
    expect(status).toBe(255);
  });
});

describe('exportTree', () => {
  test('writes what the files say', async () => {
    const { session } = await script('sleep 100 & true');
    const written = exportTree(session, folder);
    expect(written).toBeGreaterThan(100);
    const read = (path: string): string => readFileSync(join(folder, path), 'latin1');
    expect(read('proc/meminfo')).toBe(session.files.read('/proc/meminfo'));
    expect(read('proc/1/comm')).toBe('init\n');
    expect(read('sys/devices/system/node/online')).toBe('0\n');
    expect(existsSync(join(folder, 'proc/1/pagemap'))).toBe(false);
  });
});

describe('prompt', () => {
  /** Types lines at a prompt, and leaves with Ctrl-D. */
  async function typed(...lines: string[]): Promise<{ text: string; status: number }> {
    const screen = new Screen();
    const session = await bootMachine('tiny', screen);
    const input = new PassThrough();
    const output = new PassThrough();
    output.on('data', screen.out);
    const left = prompt(session, { input, output });
    for (const line of lines) {
      input.write(`${line}\n`);
      await soon();
    }
    input.end();
    const status = await left;
    await soon();
    return { text: screen.text, status };
  }

  test('shows a prompt and what commands write, and asks on when a command goes on', async () => {
    const { text, status } = await typed('echo a', 'for i in 1 2', 'do echo $i; done', 'nothing');
    expect(text).toBe(
      'root@osgrade:~# a\nroot@osgrade:~# > 1\n2\nroot@osgrade:~# bash: nothing: command not found\nroot@osgrade:~# exit\n',
    );
    expect(status).toBe(127);
  });

  test('ends with exit, and tells of jobs that have ended', async () => {
    const { text, status } = await typed('sleep 1 &', 'sleep 2', 'history', 'exit 4', 'echo never');
    expect(text).toMatch(/^root@osgrade:~# \[1\] (\d+)\n/);
    expect(text).toContain('[1]+  Done                    sleep 1\n');
    expect(text).toContain('    2  sleep 2\n');
    expect(text).not.toContain('never');
    expect(status).toBe(4);
  });

  test('an end in the middle of a command is said', async () => {
    const { text } = await typed('echo "a');
    expect(text).toBe('root@osgrade:~# > bash: syntax error: unexpected end of file\n');
  });
});
