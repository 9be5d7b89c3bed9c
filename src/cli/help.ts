import { globalOptions, type Command, type OptionTable } from './command';
import { alignColumns } from './format';
import { exitCodes } from './exitCodes';

/** How snapshots are named. `snapdir help revs`. */
export const revsHelp = [
  'A REV names a snapshot (or the folder). The first that fits counts:',
  '',
  ...alignColumns([
    ['  live', 'the folder as it is now (to compare, diff and print, not to restore)'],
    ['  empty', 'a tree without files (to compare and diff)'],
    ['  HEAD', 'the snapshot last taken or restored'],
    ['  latest', 'the newest snapshot'],
    ['  @{TIME}', 'the latest at or before a time: @{2026-11-21}, @{2026-11-21T09:30:00Z}'],
    [
      '  NAME',
      'a name given by "promote"; else the latest snapshot with the tag NAME, first of those taken here',
    ],
    [
      '  1a2b3c4d5e…',
      'an id: of a checkpoint (a recorded moment, as "list" shows it) or of a snapshot',
    ],
    ['', '(the tree itself, as "id" prints it); from four digits on, where only one begins so'],
    ['  REV~, REV~N', 'one step, N steps back to the parent; works after all but live and empty'],
  ]),
];

const exitHelp = (command?: Command): string[] => [
  'Exit status:',
  ...alignColumns([
    [`  ${exitCodes.done}`, command?.exit?.done ?? 'done'],
    ...(command !== undefined && command.exit?.differences === undefined
      ? []
      : [
          [
            `  ${exitCodes.differences}`,
            command?.exit?.differences ??
              'done, with differences or warnings (the help of a command says which)',
          ],
        ]),
    [`  ${exitCodes.wrongUse}`, 'wrong use: nothing was done'],
    [`  ${exitCodes.failed}`, 'failed; standard error says why and what to do'],
    [`  ${exitCodes.cancelled}`, 'cancelled by Ctrl+C'],
  ]),
];

function optionRows(options: OptionTable): string[][] {
  return Object.entries(options).map(([name, spec]) => {
    const short = spec.short === undefined ? '    ' : `-${spec.short}, `;
    const value = spec.value === undefined ? '' : ` ${spec.value}`;
    return [
      `  ${short}--${name}${value}`,
      spec.help + (spec.multiple === true ? ' (repeatable)' : ''),
    ];
  });
}

/** What `snapdir help` prints. */
export function generalHelp(commands: readonly Command[]): string[] {
  return [
    'snapdir: snapshots of a folder: take, look, compare, restore, undo.',
    '',
    'Usage: snapdir COMMAND [ARGUMENTS] [OPTIONS]',
    '',
    'Commands:',
    ...alignColumns([
      ...commands.map((command) => [`  ${command.name}`, command.summary]),
      ['  help [COMMAND|revs]', 'describe a command, or how to name snapshots (REV)'],
    ]),
    '',
    'Options of all commands:',
    ...alignColumns(optionRows(globalOptions)),
    '',
    ...exitHelp(),
  ];
}

/** What `snapdir help COMMAND` prints. */
export function commandHelp(command: Command): string[] {
  const usage = command.synopsis.map((form, i) =>
    `${i === 0 ? 'Usage:' : '      '} snapdir ${command.name} ${form}`.trimEnd(),
  );
  const takesRev = command.synopsis.some((form) => /\b(REV|A)\b/.test(form));
  const own = optionRows(command.options);
  return [
    `snapdir ${command.name}: ${command.summary}.`,
    '',
    ...usage,
    ...(command.details === undefined ? [] : ['', ...command.details]),
    ...(takesRev ? ['', '"snapdir help revs" says how to name snapshots (REV).'] : []),
    ...(own.length === 0 ? [] : ['', 'Options:', ...alignColumns(own)]),
    '',
    'Options of all commands:',
    ...alignColumns(optionRows(globalOptions)),
    '',
    ...exitHelp(command),
  ];
}
