export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
    '/test/support/run/kept\\.cjs$': '<rootDir>/test/support/run/outside.mjs',
    '/node_modules/(aws-cdk-lib|constructs|cdk-nag)/.+\\.js$': '<rootDir>/test/support/run/outside.mjs',
  },
  transformIgnorePatterns: ['/node_modules/(?!(aws-cdk-lib|constructs|cdk-nag)/)'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.local', '<rootDir>/dist'],
  reporters: ['default', '<rootDir>/test/support/run/forget.mjs', '<rootDir>/test/support/run/slowest.mjs'],
  testSequencer: '<rootDir>/test/support/run/longest-first.mjs',
  setupFiles: ['<rootDir>/test/support/quiet.mjs'],
  // Patience with a busy machine: nothing is measured by it.
  testTimeout: 60_000,
  // One more than there are cores in CI: a quarter of what the suites take is waiting for stacks, queues and functions that hang.
  maxWorkers: 3,
};
