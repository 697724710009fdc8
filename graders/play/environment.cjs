// The Jest environment of a hidden suite: the plain Node one, which lends the suite its stage and tells the player what
// happens. The player is handed over by reference: it lives outside the environment's own realm.
const { TestEnvironment } = require('jest-environment-node');

module.exports = class extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.player = config.projectConfig.testEnvironmentOptions.player;
    this.player.install(this.global);
    // Jest notes where each test and each expectation stands, thousands of times. Nobody looks: students never see a suite.
    this.global.Error.stackTraceLimit = 0;
  }

  async handleTestEvent(event, state) {
    await this.player.hear(event, state);
  }
};
