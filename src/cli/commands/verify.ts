import { verifyStore } from '../../app/maintainStore';
import type { DamagedCheckpoint, VerifyProblem } from '../../core/engine';
import { shortId } from '../../core/ids';
import { defineCommand } from '../command';
import { displayName, displayText } from '../escape';
import { exitCodes } from '../exitCodes';
import { formatBytes, formatCount, formatTime, plural } from '../format';

/** `snapdir verify` */
export const verifyCommand = defineCommand({
  name: 'verify',
  synopsis: ['[--full]'],
  summary: 'check the store',
  details: ['Quick: everything is there and has its size. --full: every byte is hashed again.'],
  options: { full: { type: 'boolean', help: 'read and hash everything' } },
  arguments: [0, 0],
  exit: { done: 'the store is whole', differences: 'something is missing or damaged' },
  async run({ repository, output, context }, { full }) {
    const result = await verifyStore(repository, full === true, context);
    const { problems, problemCount } = result;
    output.document(result);
    output.print(
      `${result.full ? 'Hashed' : 'Looked at'} ${plural(result.checkpoints, 'checkpoint')}, ${plural(result.manifests, 'manifest')}, ` +
        `${plural(result.objects, 'object')} (${formatBytes(result.bytes)}).`,
    );
    if (problems.length === 0) {
      output.print('No problems.');
      return exitCodes.done;
    }
    output.note(`snapdir: ${plural(problemCount, 'problem')}:`);
    problems.forEach((problem) => output.note(problemLine(problem)));
    if (problemCount > problems.length) {
      output.note(`  … and ${formatCount(problemCount - problems.length)} more`);
    }
    damagedLines(result).forEach((line) => output.note(line));
    output.note(
      'Other snapshots are not touched by this. "snapdir repair" looks for what is missing.',
    );
    return exitCodes.differences;
  },
});

const KINDS: { readonly [K in VerifyProblem['kind']]: string } = {
  'object-missing': 'object missing',
  'object-damaged': 'object damaged',
  'manifest-missing': 'manifest missing',
  'manifest-damaged': 'manifest damaged',
  'record-damaged': 'record damaged',
  'record-missing': 'record missing',
};

/** Which snapshots cannot be restored whole, and what of them. */
export function damagedLines(result: {
  damaged: readonly DamagedCheckpoint[];
  damagedCount: number;
}): string[] {
  const { damaged, damagedCount } = result;
  if (damagedCount === 0) {
    return [];
  }
  const more = damagedCount - damaged.length;
  return [
    `Damaged: ${plural(damagedCount, 'snapshot')}`,
    ...damaged.map((checkpoint) => `  ${damagedLine(checkpoint)}`),
    ...(more > 0 ? [`  … and ${formatCount(more)} more`] : []),
  ];
}

function damagedLine({ id, time, message, paths, pathCount }: DamagedCheckpoint): string {
  const [title = ''] = message.split('\n');
  const name = `${shortId(id)}  ${formatTime(time)}${title === '' ? '' : `  ${displayText(title)}`}`;
  if (paths.length === 0) {
    return `${name}: all of it`;
  }
  const more = pathCount - paths.length;
  return `${name}: ${paths.map(displayName).join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`;
}

/** One problem, for people. */
export function problemLine(problem: VerifyProblem): string {
  const { kind, address, detail, path, checkpoints } = problem;
  const file = path === undefined ? '' : `, content of ${displayName(path)}`;
  const needed =
    checkpoints.length === 0
      ? ''
      : `, needed by ${formatCount(checkpoints.length)}: ${checkpoints.map(shortId).join(', ')}`;
  return `  ${KINDS[kind]}: ${displayText(address)}${file}${needed} (${displayText(detail)})`;
}
