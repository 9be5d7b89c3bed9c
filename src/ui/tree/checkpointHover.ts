import * as vscode from 'vscode';
import type { Repository } from '../../app/repository';
import type { CheckpointInfo } from '../../core/engine';
import type { Skipped } from '../../core/records';
import { shortId } from '../../core/ids';
import type { CommandArgument, CommandId } from '../commands/commandTypes';
import { byteSize } from '../text/amounts';
import { visible } from '../text/displayText';
import { absoluteTime } from '../text/times';
import { branchWords, changeWords, filesWords, locale, skipWords, triggerWords } from '../words';
import { damagedWords } from '../reasonWords';

const { t } = vscode.l10n;
const NAMED = 10;

/** What a hover may run: it looks, and changes nothing. */
const LINKS: readonly (readonly [words: string, command: CommandId])[] = [
  [t('Open Changes'), 'snapdir.openChanges'],
  [t('Compare with Workspace'), 'snapdir.compareWithWorkspace'],
  [t('Copy Id'), 'snapdir.copyId'],
];

/** What the hover of a checkpoint says. Names of skipped files are asked for only now. */
export async function checkpointHover(
  repository: Repository,
  checkpoint: CheckpointInfo,
  options: { links: boolean } = { links: false },
): Promise<vscode.MarkdownString> {
  const hover = new Hover();
  if (checkpoint.message !== '') {
    hover.paragraph('', checkpoint.message.split(/\r?\n/u).map(visible).join('\n'));
  }
  if (checkpoint.damaged !== undefined) {
    hover.paragraph(t('Damaged:'), damagedWords(checkpoint.damaged));
  }
  hover.paragraph('', absoluteTime(checkpoint.time, locale()));
  hover.line(t('Author:'), visible(checkpoint.author));
  hover.line(t('How:'), triggerWords(checkpoint.trigger));
  fromElsewhere(hover, checkpoint);
  const { stats } = checkpoint;
  const size = byteSize(stats.bytes, locale());
  hover.line(t('Holds:'), `${filesWords(stats.files)}, ${size}`);
  hover.line(t('Against its parent:'), changeWords(stats));
  if (checkpoint.scope !== null) {
    hover.line(t('Only looked at:'), checkpoint.scope.map(visible).join(', '));
  }
  if (checkpoint.refs.length > 0) {
    hover.line(t('Refs:'), checkpoint.refs.map(visible).join(', '));
  }
  if (checkpoint.tags.length > 0) {
    hover.line(t('Tags:'), checkpoint.tags.map(visible).join(', '));
  }
  if (checkpoint.branchOf !== undefined) {
    hover.line(t('Line:'), branchWords(checkpoint.branchOf));
  }
  if (checkpoint.forks !== undefined) {
    hover.line(t('Line:'), t('{0} lines go on from here', checkpoint.forks));
  }
  if (checkpoint.aside === true) {
    hover.line(t('Line:'), t('on another line than HEAD'));
  }
  hover.line(t('Checkpoint:'), shortId(checkpoint.id));
  hover.line(t('Snapshot:'), shortId(checkpoint.snapshot));
  if (checkpoint.skipped > 0 || checkpoint.unstable > 0) {
    const details = await repository.engine.checkpointDetails({ id: checkpoint.id });
    hover.list(t('Not captured: {0}', checkpoint.skipped), details.skipped.map(skippedLine));
    hover.list(
      t('Changed while they were read: {0}', checkpoint.unstable),
      details.unstable.map(visible),
    );
  }
  if (options.links) {
    hover.links({ folder: repository.root, rev: checkpoint.id });
  }
  return hover.markdown;
}

/** Who made it, and where it was fetched or imported from. */
function fromElsewhere(hover: Hover, { origin }: CheckpointInfo): void {
  if (origin !== undefined) {
    hover.line(t('From:'), visible(origin.from));
    if (origin.name !== null) {
      hover.line(t('Promoted as:'), visible(origin.name));
    }
    hover.line(
      t('Taken there:'),
      `${visible(origin.author)}, ${absoluteTime(origin.time, locale())}`,
    );
  }
}

function skippedLine(skipped: Skipped): string {
  return t('{0} ({1})', visible(skipped.path), skipWords(skipped.reason));
}

/** Markdown without HTML, in which everything variable is escaped: nothing in it becomes a link. */
class Hover {
  readonly markdown = new vscode.MarkdownString();

  /** The only links there are. Nothing else can be run, whatever the rest of the text says. */
  links(of: CommandArgument): void {
    const argument = encodeURIComponent(JSON.stringify([of]));
    this.markdown.isTrusted = { enabledCommands: LINKS.map(([, command]) => command) };
    const links = LINKS.map(([words, command]) => `[${words}](command:${command}?${argument})`);
    this.markdown.appendMarkdown(`\n---\n\n${links.join(' · ')}`);
  }

  paragraph(title: string, text: string): void {
    this.title(title);
    this.markdown.appendText(text).appendMarkdown('\n\n');
  }

  line(title: string, text: string): void {
    this.title(title);
    this.markdown.appendText(text).appendMarkdown('  \n');
  }

  list(title: string, lines: readonly string[]): void {
    if (lines.length === 0) {
      return;
    }
    this.markdown.appendMarkdown('\n').appendText(title).appendMarkdown('\n\n');
    for (const line of lines.slice(0, NAMED)) {
      this.markdown.appendMarkdown('- ').appendText(line).appendMarkdown('\n');
    }
    if (lines.length > NAMED) {
      this.markdown.appendMarkdown('- ').appendText(t('and {0} more', lines.length - NAMED));
      this.markdown.appendMarkdown('\n');
    }
  }

  private title(title: string): void {
    if (title !== '') {
      this.markdown.appendMarkdown('**').appendText(title).appendMarkdown('** ');
    }
  }
}
