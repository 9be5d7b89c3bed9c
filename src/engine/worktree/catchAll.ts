import { basename, dirname } from 'node:path';
import type { EngineEnv } from '../context';
import { join, readFile } from '../disk/durable';

/**
 * What Windows and macOS, and desktops of Linux in some languages, call the folders of a home that hold all sorts of
 * things. On disk the first two use English names, but below OneDrive the language's own.
 */
const NAMES = new Set(
  [
    ...[
      'desktop',
      'documents',
      'downloads',
      'schreibtisch',
      'dokumente',
      'bureau',
      'téléchargements',
    ],
    ...[
      'escritorio',
      'documentos',
      'descargas',
      'scrivania',
      'documenti',
      'scaricati',
      'bureaublad',
    ],
    ...['documenten', 'área de trabalho', 'transferências', 'skrivbord', 'dokument', 'hämtningar'],
    ...[
      'skrivebord',
      'dokumenter',
      'pulpit',
      'dokumenty',
      'pobrane',
      'plocha',
      'masaüstü',
      'belgeler',
    ],
    ...['рабочий стол', 'документы', 'загрузки', 'デスクトップ', 'ドキュメント', 'ダウンロード'],
    ...['桌面', '文档', '下载', '바탕화면', '문서', '다운로드'],
  ].map((name) => name.normalize('NFC')),
);
/** `OneDrive`, `OneDrive - Company`, `iCloudDrive`, `Dropbox`: whole, and with the person's folders in them. */
const SYNCED = /^(?:onedrive(?: - .+)?|iclouddrive|dropbox|google drive)$/iu;
const MAX_LIST = 64 * 1024;
/** Of https://www.freedesktop.org/wiki/Software/xdg-user-dirs/: the person's own names. */
const XDG_LINE = /^XDG_(?:DESKTOP|DOCUMENTS|DOWNLOAD)_DIR="(?:\$HOME\/)([^"]+?)\/?"$/gmu;

/**
 * Whether a folder is one of a home's that hold all sorts of things, none of them a project: its desktop, documents,
 * downloads, or what is kept in step with another machine.
 * @param real the folder, and `home`, both without links in their paths
 */
export function isCatchAll(env: EngineEnv, home: string, real: string): boolean {
  const [parent, name] = [dirname(real), basename(real).normalize('NFC')];
  if (parent === home) {
    return NAMES.has(name.toLowerCase()) || SYNCED.test(name) || xdgNames(env, home).has(name);
  }
  return dirname(parent) === home && SYNCED.test(basename(parent)) && NAMES.has(name.toLowerCase());
}

function xdgNames(env: EngineEnv, home: string): Set<string> {
  try {
    const bytes = readFile(env.fs, join(home, '.config/user-dirs.dirs'), MAX_LIST);
    const text = bytes === undefined ? '' : new TextDecoder().decode(bytes);
    return new Set([...text.matchAll(XDG_LINE)].map(([, name]) => name!.normalize('NFC')));
  } catch {
    return new Set(); // Only a hint: nothing depends on it.
  }
}
