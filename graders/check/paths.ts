/** What the names of submitted files tell. */

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What systems, editors and the released folder itself add: nobody handed it in, nobody needs to hear of it. */
export function isJunk(path: string): boolean {
  return /(^|\/)(__MACOSX\/|\.osgrade\/|\.git\/|\.idea\/|\.vscode\/|\._|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/i.test(
    path,
  );
}

/** Whether a path fits one of some globs: `*` is any part of a name, `**` any folders. */
export function matches(path: string, globs: readonly string[]): boolean {
  return globs.some((glob) => globPattern(glob).test(path));
}

function globPattern(glob: string): RegExp {
  const source = glob.replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part === '?' ? '[^/]' : `\\${part}`;
  });
  return new RegExp(`^${source}$`);
}

/** Whether a file was likely meant to be `wanted`: `page-alloc.ts`, `Page_Alloc.TS`, `page_alloc.js`, `page_alloc (1).ts`. */
export function nearMiss(path: string, wanted: string): boolean {
  return essence(path) === essence(wanted);
}

/** The letters of a name that no habit of a system or a person changes. */
function essence(path: string): string {
  const name = baseName(path).toLowerCase();
  return name
    .replace(/^(?:copy of |kopie von )/, '')
    .replace(/(?:\.(?:ts|tsx|mts|cts|js|mjs|txt|rtf|docx?|md|bak|orig))+$/, '')
    .replace(/(?:[ _-]*(?:\(\d+\)|copy|kopie|final|v?\d+))+$/, '')
    .replace(/[^\p{L}\p{N}]/gu, '');
}
