// A Mocha interface with both vocabularies, describe/it and suite/test, so that a file may use either
// and every stage of `npm test` runs it the same way.
'use strict';
const loaded = require('mocha');

const { interfaces } = loaded.Mocha ?? loaded.default ?? loaded;

module.exports = (suite) => {
  interfaces.bdd(suite);
  interfaces.tdd(suite);
};
