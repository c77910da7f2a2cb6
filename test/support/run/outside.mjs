// Jest gives each suite a world of its own and loads every module into it anew: the CDK takes a second for that, and runs cold. It knows nothing of
// tests and keeps nothing between two apps, so a worker loads it once, outside, as any program does, and its suites share it.
const CODE = `const { createRequire } = require('node:vm').runInThisContext('process').getBuiltinModule('node:module');
module.exports = createRequire(__filename)(__filename);`;

export default {
  process: () => ({ code: CODE }),
  getCacheKey: (_text, path) => `outside ${CODE} ${path}`,
};
