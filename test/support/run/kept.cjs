// What suites of one worker share: Jest gives each a world of its own, and would synthesize the same template for each of them anew.
module.exports = new Map();
