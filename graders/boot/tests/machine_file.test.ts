import { ZONE_DMA, ZONE_DMA32, ZONE_MOVABLE, ZONE_NORMAL } from '../../../starter/include/mmzone.ts';
import { describe as describeMachine } from '../description.ts';
import { machineNames, parseMachine, readMachine } from '../machine_file.ts';

const SMALLEST =
  'seed: 1\nnodes: [{ cpus: [0], memory: 64 MiB }]\ndisk: { size: 1 MiB, latency: 1 us, perBlock: 5 ns }\n';

describe('parseMachine', () => {
  test('what is not said is as Linux has it', () => {
    expect(parseMachine('a.yaml', SMALLEST)).toEqual({
      seed: 1,
      nodes: [{ cpus: [0], memory: 2 ** 26 }],
      disk: { size: 2 ** 20, latency: 1000, perBlock: 5 },
      swap: [],
      files: [],
      sysctls: {},
      thp: 'madvise',
      kmemleak: false,
    });
  });

  test.each([
    ['nodes: [', 'a.yaml is not YAML: '],
    [`${SMALLEST}colour: red`, 'a.yaml describes no machine. the file: Unrecognized key: "colour".'],
    [SMALLEST.replace('64 MiB', '64MB'), 'nodes.0.memory: write a size as "64 MiB"'],
    [SMALLEST.replace('1 us', '1 hour'), 'disk.latency: write a time as "80 us"'],
    [
      SMALLEST.replace('cpus: [0]', 'cpus: [1]'),
      'nodes: the CPUs of all nodes together must be 0, 1, 2 ... , each once',
    ],
    [SMALLEST.replace('64 MiB', '64 MiB, distances: [10, 20]'), 'nodes: distances must be as many as there are nodes'],
    [`${SMALLEST}files: [{ path: data, size: 1 MiB }]`, 'files.0'],
    [`${SMALLEST}swap: [{ path: /dev/sda2, size: 1 MiB, prio: 3 }]`, 'swap.0: Unrecognized key: "prio"'],
    [`${SMALLEST}sysctls: { net.core: 1 }`, 'sysctls'],
    ['', 'a.yaml describes no machine.'],
  ])('%j is refused: %s', (text, says) => {
    expect(() => parseMachine('a.yaml', text)).toThrow(says);
  });
});

describe('readMachine', () => {
  test.each(machineNames())('%s is a machine', (name) => {
    expect(readMachine(name).nodes.length).toBeGreaterThan(0);
  });

  test('says which there are, if it is none of them', () => {
    expect(() => readMachine('mainframe')).toThrow(
      'Name one of laptop, server-numa, small, small-numa, tiny, or a file',
    );
  });
});

describe('describe', () => {
  const zones = (text: string) =>
    describeMachine(parseMachine('a.yaml', text)).description.memory.nodes.map((node) =>
      node.zones.map(({ zone, startPfn, spannedPages }) => [zone, startPfn, startPfn + spannedPages]),
    );

  test('memory lies as in a PC: nothing between 3 and 4 GiB', () => {
    expect(zones(SMALLEST.replace('64 MiB', '4 GiB'))).toEqual([
      [
        [ZONE_DMA, 1, 4096],
        [ZONE_DMA32, 4096, 3 * 2 ** 18],
        [ZONE_NORMAL, 2 ** 20, 5 * 2 ** 18],
      ],
    ]);
  });

  test('one node begins where the other has ended', () => {
    const two = SMALLEST.replace(
      '{ cpus: [0], memory: 64 MiB }',
      '{ cpus: [0], memory: 2 GiB }, { cpus: [1], memory: 2 GiB }',
    );
    expect(zones(two)).toEqual([
      [
        [ZONE_DMA, 1, 4096],
        [ZONE_DMA32, 4096, 2 ** 19],
      ],
      [
        [ZONE_DMA32, 2 ** 19, 3 * 2 ** 18],
        [ZONE_NORMAL, 2 ** 20, 5 * 2 ** 18],
      ],
    ]);
  });

  test('the last part may be movable', () => {
    expect(zones(SMALLEST.replace('64 MiB', '64 MiB, movable: 16 MiB'))).toEqual([
      [
        [ZONE_DMA, 1, 4096],
        [ZONE_DMA32, 4096, 12288],
        [ZONE_MOVABLE, 12288, 16384],
      ],
    ]);
  });

  test('files are sized or hold a text, swap is on unless it is said', () => {
    const { description, texts } = describeMachine(
      parseMachine(
        'a.yaml',
        `${SMALLEST}files: [{ path: /a, size: 8 KiB }, { path: /b, text: hi }]
swap: [{ path: /s, size: 1 MiB }, { path: /t, size: 1 MiB, on: false }, { path: /u, size: 1 MiB, priority: 5 }]`,
      ),
    );
    expect(description.files).toEqual([{ path: '/a', size: 8192 }]);
    expect(texts).toEqual({ '/b': 'hi' });
    expect(description.swap.map(({ path, boot }) => [path, boot])).toEqual([
      ['/s', null],
      ['/t', 'off'],
      ['/u', 5],
    ]);
  });
});
