// Lets an overlay (reference/, an example) import what only starter/ holds, as if it lay over it.
// Suites draw random values from the kit's own fast-check, wherever the course lies.
// OSGRADE_SUBJECT names the overlay folder that `subject()` means when a suite runs without the sealed realm.
const { existsSync } = require('node:fs');
const { join, relative, resolve, isAbsolute } = require('node:path');

const root = resolve(__dirname, '../..');
const starter = join(root, 'starter');
const overlays = [join(root, 'reference')];
if (process.env.OSGRADE_SUBJECT) overlays.unshift(resolve(process.env.OSGRADE_SUBJECT));

const inside = (folder, file) => {
  const path = relative(folder, file);
  return path !== '' && !path.startsWith('..') && !isAbsolute(path) ? path : undefined;
};

module.exports = (request, options) => {
  if (request.startsWith('osgrade-subject:')) {
    const path = `${request.slice('osgrade-subject:'.length)}.ts`;
    return (
      [...overlays, starter].map((folder) => join(folder, path)).find(existsSync) ??
      options.defaultResolver(request, options)
    );
  }
  if (request.startsWith('.')) {
    const wanted = resolve(options.basedir, request);
    for (const folder of overlays) {
      const path = inside(folder, wanted);
      if (path !== undefined && !existsSync(wanted) && existsSync(join(starter, path))) return join(starter, path);
    }
  }
  return request === 'fast-check' ? require.resolve(request) : options.defaultResolver(request, options);
};
