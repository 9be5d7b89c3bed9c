import * as fs from 'node:fs';

/** `statfs` types of Linux (statfs(2)) whose files are another machine's. FUSE is one for all, and told apart by the mount. */
const NETWORK_KINDS = new Map<number, string>([
  ...([
    [0x6969, 'NFS'],
    [0x517b, 'SMB'],
    [0xff534d42, 'CIFS'],
    [0xfe534d42, 'SMB'],
  ] as const),
  ...([
    [0x01021997, '9P'],
    [0x00c36400, 'CephFS'],
    [0x5346414f, 'AFS'],
    [0x6b414653, 'AFS'],
  ] as const),
  ...([
    [0x73757245, 'Coda'],
    [0x564c, 'NCP'],
    [0x0bd00bd0, 'Lustre'],
    [0x47504653, 'GPFS'],
  ] as const),
]);
const FUSE = 0x65735546;
const NETWORK_FUSE =
  /^fuse\.(?:sshfs|s3fs|rclone|glusterfs|davfs\w*|cephfs|curlftpfs|gcsfuse|goofys)$/;

/** What kind of network file system a path is on; undefined for others, and where nobody can tell. */
export function networkKind(path: string): string | undefined {
  if (process.platform !== 'linux') {
    // Windows: what a UNC path names is another machine's.
    return process.platform === 'win32' && /^[\\/]{2}[^?.]/.test(path) ? 'SMB' : undefined;
  }
  try {
    // Some numbers are signed where they come from.
    const type = fs.statfsSync(path).type >>> 0;
    return type === FUSE ? networkFuse(fs.realpathSync.native(path)) : NETWORK_KINDS.get(type);
  } catch {
    return undefined;
  }
}

/** The kind of the innermost mount above a path (proc_pid_mountinfo(5)). */
function networkFuse(path: string): string | undefined {
  let [longest, kind] = ['', ''];
  for (const line of fs.readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
    const fields = line.split(' ');
    const at = (fields[4] ?? '').replace(/\\([0-7]{3})/g, (_, digits: string) =>
      String.fromCharCode(parseInt(digits, 8)),
    );
    const isAbove = path === at || path.startsWith(at.endsWith('/') ? at : `${at}/`);
    if (at !== '' && isAbove && at.length >= longest.length) {
      [longest, kind] = [at, fields[fields.indexOf('-') + 1] ?? ''];
    }
  }
  return NETWORK_FUSE.test(kind) ? kind.slice('fuse.'.length) : undefined;
}
