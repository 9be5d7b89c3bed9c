import { homedir } from 'node:os';
import * as vscode from 'vscode';
import type { SecretKind } from '../../core/promotion/promotionErrors';
import { IN_MESSAGE } from '../../core/promotion/secretDetails';
import { redactUrl } from '../../core/remote';
import type { RelPath } from '../../core/tree';
import { visible } from '../text/displayText';
import { shortPath } from '../text/shortPath';
import type { StoreEntry } from './storeEntry';

const { t } = vscode.l10n;

/** What people call a store. */
export function storeTitle({ kind, name }: StoreEntry): string {
  return kind === 'git' ? t('Git Repository') : visible(name);
}

/** Where a store is, without anything secret. */
export function storePlace(entry: StoreEntry): string {
  switch (entry.kind) {
    case 'git':
      return 'refs/snapdir';
    case 'remote': {
      const { place, url } = entry.remote;
      return visible(place.kind === 'file' ? shortPath(place.path, homedir()) : redactUrl(url));
    }
    case 'broken':
      return t('its settings cannot be used');
  }
}

/** The icon of a store, by its name in VS Code's icon font. */
export function storeIcon(entry: StoreEntry): string {
  if (entry.kind !== 'remote') {
    return entry.kind === 'git' ? 'repo' : 'error';
  }
  return entry.remote.place.kind === 'file' ? 'folder-library' : 'cloud';
}

/** Where something that looks like a secret stands. */
export function secretPlace(path: RelPath): string {
  return path === IN_MESSAGE ? t('the message of the snapshot') : visible(path);
}

/** Why something looks like it holds a secret. */
export function secretWords(kind: SecretKind): string {
  const words: Record<SecretKind, string> = {
    'env-file': t('a file of environment variables'),
    'private-key-file': t('named like a private key'),
    'key-store': t('a store of keys'),
    'credentials-file': t('a file of credentials'),
    'secret-copy': t('a copy of one of these'),
    'private-key': t('a private key'),
    'docker-login': t('a login to a container registry'),
    'kubernetes-login': t('a login to a Kubernetes cluster'),
    'aws-key': t('an AWS key'),
    'github-token': t('a GitHub token'),
    'gitlab-token': t('a GitLab token'),
    'slack-token': t('a Slack token'),
    'google-key': t('a Google key'),
    'stripe-key': t('a Stripe key'),
    'service-token': t('a key or token of an online service'),
    'azure-key': t('an Azure key'),
    'npm-token': t('an npm token'),
    'json-web-token': t('a JSON Web Token'),
    'password-in-url': t('a password in a URL'),
    'assigned-secret': t('a password, token or key'),
  };
  return words[kind];
}
