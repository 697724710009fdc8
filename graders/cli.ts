/** The command line. The only file that prints and exits. Each command loads what it needs when it is called. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import type { BootOptions } from './cli/boot.ts';
import type { GradeOptions } from './cli/grade.ts';
import type { SampleOptions } from './cli/sample.ts';
import type { VerifyOptions } from './cli/verify.ts';
import { COURSE, loadAssignment } from './course.ts';
import { GraderError } from './errors.ts';

const program = new Command('osgrade')
  .description('Grades operating-systems assignments: students get feedback, instructors a file for their LMS.')
  .showHelpAfterError('(osgrade --help tells more)')
  .exitOverride();

const print = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

program
  .command('grade')
  .description('grade a class: a zip as the LMS gives it, or a folder with one sub-folder for each student')
  .argument('<assignment>', 'such as 03-buddy')
  .argument('<submissions>', 'the zip or folder')
  .option('--out <folder>', 'where the results go (default: results/<assignment>)')
  .option('--jobs <n>', 'worker processes (default: one for each CPU)', wholeNumber)
  .option('--gradebook <file>', "the LMS's own worksheet or gradebook, to be filled in")
  .option('--column <title>', 'Canvas: title or id of the assignment, if the gradebook has several')
  .action(async (assignment: string, source: string, options: GradeOptions) => {
    const { gradeCommand } = await import('./cli/grade.ts');
    print(await gradeCommand(assignment, source, options));
  });

program
  .command('bundle')
  .description('pack the upload for the LMS again, from results that are there')
  .argument('<results>', 'the folder that "osgrade grade" wrote to')
  .requiredOption('--gradebook <file>', "the LMS's own worksheet or gradebook, to be filled in")
  .option('--column <title>', 'Canvas: title or id of the assignment, if the gradebook has several')
  .action(async (results: string, options: GradeOptions) => {
    const { bundleCommand } = await import('./cli/grade.ts');
    print(await bundleCommand(results, options));
  });

program
  .command('verify')
  .description('prove the hidden suites: reference, starter, every mutant and every example get exactly their verdict')
  .argument('[assignment]', 'such as 03-buddy')
  .option('--all', 'all assignments')
  .option('--jobs <n>', 'worker processes (default: one for each CPU)', wholeNumber)
  .action(async (id: string | undefined, options: VerifyOptions) => {
    const { verifyCommand } = await import('./cli/verify.ts');
    const [text, holds] = await verifyCommand(id, options);
    print(text);
    process.exitCode = holds ? 0 : 1;
  });

program
  .command('conformance')
  .description('hold the reference kernel against recordings of a real one')
  .argument('[files...]', 'recordings (default: those in reference/recordings)')
  .action(async (files: string[]) => {
    const { conformanceCommand } = await import('./cli/conformance.ts');
    const [text, agrees] = await conformanceCommand(files);
    print(text);
    process.exitCode = agrees ? 0 : 1;
  });

program
  .command('bench')
  .description('time the reference kernel on this machine')
  .action(async () => {
    const { benchCommand } = await import('./cli/bench.ts');
    await benchCommand(print);
  });

program
  .command('boot')
  .description('boot a simulated machine and give a shell on it')
  .option('--machine <machine>', 'its name, or a file that describes one (default: laptop, or what the script names)')
  .option('--script <script>', 'run the commands of a scenario or a file, and end')
  .option('-c, --command <commands>', 'run these commands, and end')
  .option('--export <folder>', 'write /proc and /sys there, when the commands have ended')
  .action(async (options: BootOptions) => {
    const { bootCommand } = await import('./cli/boot.ts');
    // Ctrl-C is for the machine.
    process.off('SIGINT', stopped);
    const screen = {
      out: (bytes: Buffer) => void process.stdout.write(bytes),
      err: (bytes: Buffer) => void process.stderr.write(bytes),
    };
    process.exitCode = await bootCommand(options, screen, process);
  });

program
  .command('starter')
  .description('write the holes of starter/ from reference/')
  .option('--check', 'only say whether they are what they should be')
  .action(async ({ check }: { check?: true }) => {
    const { checkStarter, writeStarter } = await import('./authoring/starter.ts');
    if (check) checkStarter(COURSE.root);
    else for (const path of writeStarter(COURSE.root)) print(`wrote ${path}`);
  });

program
  .command('sample')
  .description('write an invented class for each assignment, as Moodle and Canvas would give it')
  .option('--out <folder>', 'where it goes', '.sample')
  .option('--grade', 'grade it too, from both, and hold it against what was written down before')
  .option('--jobs <n>', 'worker processes (default: one for each CPU)', wholeNumber)
  .action(async (options: SampleOptions) => {
    const { sampleCommand } = await import('./cli/sample.ts');
    const [text, holds] = await sampleCommand(options);
    print(text);
    process.exitCode = holds ? 0 : 1;
  });

program
  .command('release')
  .description('pack what a student gets: a folder that works on its own, and a zip of it')
  .argument('<assignment>', 'such as 03-buddy')
  .option('--out <folder>', 'where it goes', 'dist')
  .action(async (id: string, { out }: { out: string }) => {
    const { release } = await import('./authoring/release.ts');
    const { referenceCounts } = await import('./authoring/release/counts.ts');
    const assignment = loadAssignment(COURSE, id);
    const { folder, zip, files } = await release(COURSE, assignment, await referenceCounts(COURSE, assignment), out);
    print(
      `${files.length} files in ${folder}, packed in ${zip}\nTry it as a student would: cd ${folder} && npm ci && npm test`,
    );
  });

function stopped(): void {
  process.stderr.write('\nStopped. What is graded is kept: run the same command again to go on.\n');
  process.exit(130);
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
  return Number(text);
}

process.on('SIGINT', stopped);
// Nobody reads on, `| head` for example: as a program that SIGPIPE ends.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(141);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  if (error instanceof GraderError) {
    process.stderr.write(`osgrade: ${error.message} [${error.code}]\n`);
    process.exit(1);
  }
  const { message, stack } = error as Error;
  const detail = process.env['OSGRADE_DEBUG'] ? stack : 'Set OSGRADE_DEBUG=1 and run it again to see where.';
  process.stderr.write(`osgrade: a fault of our own: ${message}. What is graded is kept.\n${detail}\n`);
  process.exit(70);
}
process.exit();
