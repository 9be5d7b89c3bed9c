// Stands in for VS Code's native watchdog, which would need a C++ compiler to build. It ends an
// extension host whose server has died; here guard.mjs ends the whole process group instead.
'use strict';
exports.start = () => {};
exports.exit = (code) => process.exit(code || 0);
