import { TreeView } from './treeView';
import { PROMOTED } from './teammate';
import type { VSCodeWindow } from './vscodeWindow';

/** The questions of *Add Store…* for a bucket, as a person answers them. */
export class StoreWizard {
  private readonly window: VSCodeWindow;

  constructor(window: VSCodeWindow) {
    this.window = window;
  }

  /** Opens it and says that it is to be a bucket. */
  async begin(): Promise<void> {
    await this.window.run('Add Store…');
    await this.window.pick('Add Store (1)', 'S3 Bucket');
    await this.window.untilAsked('Add Store (2/4)');
  }

  where(address: string): Promise<void> {
    return this.reply('Add Store (2/4)', address, 'Where is the bucket');
  }

  async name(name: string): Promise<void> {
    await this.reply('Add Store (4/4)', name, 'A name for the store');
  }

  /** Types keys in, which is asked for when the store has a name. */
  async keys(store: string, id: string, secret: string): Promise<void> {
    await this.reply(`Credentials for "${store}" (1/3)`, id, 'Access key id');
    await this.reply(`Credentials for "${store}" (2/3)`, secret, 'Secret access key');
    await this.reply(`Credentials for "${store}" (3/3)`, '', 'Session token');
  }

  /** Takes a store out of the settings again. */
  async remove(name: string): Promise<void> {
    const { workbench } = this.window;
    const promoted = new TreeView(workbench, PROMOTED);
    await workbench.closeNotifications();
    await promoted.menu(name, 'Remove Store…');
    await workbench.clickModalButton('Remove');
    await promoted.untilGone(name);
  }

  private async reply(title: string, text: string, prompt: string): Promise<void> {
    await this.window.untilAsked(title);
    await this.window.workbench.quickInput.getByText(prompt).first().waitFor();
    await this.window.workbench.quickInputType(text);
  }
}
