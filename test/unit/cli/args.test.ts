import assert from 'node:assert/strict';
import { parseCommand, parseGlobals, splitCommand, wantsJson } from '../../../src/cli/args';
import { defineCommand, type Command } from '../../../src/cli/command';
import { commands } from '../../../src/cli/commandTable';
import { UsageError } from '../../../src/cli/usageError';

const sample: Command = defineCommand({
  name: 'sample',
  synopsis: ['[DIR]'],
  summary: 'a sample',
  options: {
    message: { type: 'string', short: 'm', help: '' },
    tag: { type: 'string', multiple: true, help: '' },
  },
  arguments: [0, 1],
  run: () => Promise.resolve(0),
});

function refuses(work: () => unknown, words: RegExp): void {
  assert.throws(work, (error) => error instanceof UsageError && words.test(error.message));
}

suite('cli arguments', () => {
  test('the command is the first argument, options of all commands may stand before it', () => {
    assert.deepEqual(splitCommand(['list', '--json']), { name: 'list', rest: ['--json'] });
    assert.deepEqual(splitCommand(['-C', 'take', 'list', 'x']), {
      name: 'list',
      rest: ['-C', 'take', 'x'],
    });
    assert.deepEqual(splitCommand(['--directory=take', '--no-ignore', 'id']), {
      name: 'id',
      rest: ['--directory=take', '--no-ignore'],
    });
    assert.deepEqual(splitCommand(['--version']), { rest: ['--version'] });
    assert.deepEqual(splitCommand([]), { rest: [] });
  });

  test('an option of a command before its name is refused with advice', () => {
    refuses(() => splitCommand(['-m', 'take']), /"?-m"? must come after the command take/);
    refuses(() => splitCommand(['--wrong']), /Unknown option --wrong/);
  });

  test('values, repeated options and arguments', () => {
    const { values, args, globals } = parseCommand(sample, [
      ...['-m', 'a message', '--tag', 'a', '--tag=b', 'dir', '--json', '-q', '-C', '/x'],
    ]);
    assert.equal(values['message'], 'a message');
    assert.deepEqual(values['tag'], ['a', 'b']);
    assert.deepEqual(args, ['dir']);
    assert.deepEqual(
      [globals.json, globals.quiet, globals.directory, globals['no-ignore']],
      [true, true, '/x', undefined],
    );
  });

  test('after -- everything is an argument', () => {
    assert.deepEqual(parseCommand(sample, ['--', '--tag']).args, ['--tag']);
    assert.equal(wantsJson(['id', '--json']), true);
    assert.equal(wantsJson(['id', '--', '--json']), false);
  });

  test('wrong use says what is wrong and how to call the command', () => {
    refuses(
      () => parseCommand(sample, ['--wrong']),
      /Unknown option '--wrong'.*Usage: snapdir sample/,
    );
    refuses(() => parseCommand(sample, ['a', 'b']), /Too many arguments.*snapdir help sample/);
    refuses(() => parseCommand(sample, ['-m']), /argument missing|requires/i);
    refuses(() => parseCommand(sample, ['--json=1']), /--json/);
    refuses(() => parseGlobals(['--wrong']), /snapdir help/);
  });

  test('--help needs no arguments', () => {
    const show = commands.find((command) => command.name === 'show');
    assert.ok(show !== undefined);
    assert.equal(parseCommand(show, ['--help']).globals.help, true);
    refuses(() => parseCommand(show, []), /Too few arguments/);
  });

  test('no command has an option that hides one of all commands, and names are unique', () => {
    const names = commands.map((command) => command.name);
    assert.equal(new Set(names).size, names.length);
    for (const command of commands) {
      for (const [option, spec] of Object.entries(command.options)) {
        assert.ok(
          !['directory', 'store', 'no-ignore', 'json', 'quiet', 'help', 'version'].includes(option),
          `${command.name} --${option}`,
        );
        assert.ok(!['C', 'q', 'h'].includes(spec.short ?? ''), `${command.name} -${spec.short}`);
      }
    }
  });
});
