/** The command line. The only file that prints and exits. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { bundleCommand, type GradeOptions, gradeCommand } from './cli/grade.ts';
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
  .action(async (assignment: string, source: string, options: GradeOptions) =>
    print(await gradeCommand(assignment, source, options)),
  );

program
  .command('bundle')
  .description('pack the upload for the LMS again, from results that are there')
  .argument('<results>', 'the folder that "osgrade grade" wrote to')
  .requiredOption('--gradebook <file>', "the LMS's own worksheet or gradebook, to be filled in")
  .option('--column <title>', 'Canvas: title or id of the assignment, if the gradebook has several')
  .action(async (results: string, options: GradeOptions) => print(await bundleCommand(results, options)));

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 999.');
  return Number(text);
}

process.on('SIGINT', () => {
  process.stderr.write('\nStopped. What is graded is kept: run the same command again to go on.\n');
  process.exit(130);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode);
  if (!(error instanceof GraderError)) throw error;
  process.stderr.write(`osgrade: ${error.message} [${error.code}]\n`);
  process.exit(1);
}
process.exit(0);
