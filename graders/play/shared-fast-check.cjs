module.exports = globalThis[Symbol.for('osgrade.fast-check')];
