// Each suite is evaluated anew for each submission, but the large library that they draw random values from need not be:
// it is loaded once by play.ts, outside of that isolation, and handed out from there.
const { join } = require('node:path');
const overlay = require('../jest/overlay-resolver.cjs');

module.exports = (request, options) =>
  request === 'fast-check' && options.basedir !== __dirname
    ? join(__dirname, 'shared-fast-check.cjs')
    : overlay(request, options);
