// TypeScript to CommonJS for Jest, by esbuild: types are stripped, not checked (`npm run typecheck` does that).
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { transformSync, version } = require('esbuild');

const self = readFileSync(__filename);

module.exports = {
  process(source, path) {
    return transformSync(source, {
      loader: path.endsWith('.ts') ? 'ts' : 'js',
      format: 'cjs',
      target: 'node20',
      sourcefile: path,
      sourcemap: 'inline',
      supported: { 'dynamic-import': false },
      // A CommonJS module has no import.meta, but it knows where it is.
      define: { 'import.meta.url': '__importMetaUrl', 'import.meta.dirname': '__dirname' },
      banner: source.includes('import.meta.url')
        ? "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;"
        : '',
    });
  },
  getCacheKey(source, path) {
    return createHash('sha256').update(self).update(version).update(path).update(source).digest('hex');
  },
};
