// For `npm test`: `subject('mm/page_alloc')` of a test is mm/page_alloc.ts of the folder that the tests lie in.
const { join, resolve } = require('node:path');

const home = resolve(__dirname, '../../../../..');

module.exports = (request, options) =>
  request.startsWith('osgrade-subject:')
    ? join(home, `${request.slice('osgrade-subject:'.length)}.ts`)
    : options.defaultResolver(request, options);
