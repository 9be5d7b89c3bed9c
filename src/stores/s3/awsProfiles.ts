// What ~/.aws says, as far as the SDK does not look itself: whether a profile is there, its region and its endpoint.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The process's environment, or what stands for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One profile of ~/.aws/config and ~/.aws/credentials together. */
export interface AwsProfile {
  region?: string;
  endpointUrl?: string;
  /** Whether it says how to sign in once (`aws sso login`). */
  sso: boolean;
  /** Whether it says how to sign in once (`aws login`). */
  login: boolean;
  /** Whether it runs a program for its keys. */
  process: boolean;
  /** Whether its role asks for a code of a device. */
  mfa: boolean;
  /** Whether it says anything at all of where keys come from. */
  givesKeys: boolean;
  /** The profile whose keys take the role. */
  source?: string;
}

/** Where the two files are. */
export interface AwsFiles {
  config: string;
  credentials: string;
}

/** Their usual places, unless the environment names others. */
export function awsFiles(env: Environment, home: string): AwsFiles {
  return {
    config: env['AWS_CONFIG_FILE'] ?? join(home, '.aws', 'config'),
    credentials: env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(home, '.aws', 'credentials'),
  };
}

type Section = Map<string, string>;

/** Sections of an ini file by name. What stands indented below a name (`s3 =`) becomes `s3.key`. */
export function parseIni(text: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  let section: Section | undefined;
  let group = '';
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[([^\]]+)\]/.exec(line)?.[1]?.trim().replace(/\s+/g, ' ');
    const [, indent = '', key = '', value = ''] =
      /^(\s*)([^=#;\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (heading !== undefined) {
      section = sections.get(heading) ?? new Map<string, string>();
      sections.set(heading, section);
      group = '';
    } else if (section !== undefined && key !== '') {
      group = indent === '' ? (value === '' ? key : '') : group;
      section.set(indent === '' || group === '' ? key : `${group}.${key}`, stripComment(value));
    }
  }
  return sections;
}

const stripComment = (value: string): string => value.replace(/\s+[#;].*$/, '');

/** All profiles by name. A file that is not there has none. */
export async function readProfiles(files: AwsFiles): Promise<Map<string, AwsProfile>> {
  const [config, credentials] = await Promise.all([
    readSections(files.config),
    readSections(files.credentials),
  ]);
  const found = new Map<string, Section>();
  for (const [heading, section] of config) {
    const name = heading === 'default' ? heading : /^profile (.+)$/.exec(heading)?.[1];
    if (name !== undefined) {
      found.set(unquote(name), section);
    }
  }
  for (const [name, section] of credentials) {
    found.set(name, new Map([...(found.get(name) ?? []), ...section]));
  }
  return new Map([...found].map(([name, section]) => [name, profileOf(section, config)]));
}

const unquote = (name: string): string => name.replace(/^"(.*)"$/, '$1');

async function readSections(path: string): Promise<Map<string, Section>> {
  try {
    return parseIni(await readFile(path, 'utf8'));
  } catch {
    return new Map<string, Section>();
  }
}

/** One of these is in each profile that gives keys. */
const GIVES_KEYS = [
  'aws_access_key_id',
  'sso_session',
  'sso_start_url',
  'login_session',
  'credential_process',
  'role_arn',
  'credential_source',
  'web_identity_token_file',
];

function profileOf(section: Section, config: Map<string, Section>): AwsProfile {
  const services = config.get(`services ${section.get('services') ?? ''}`);
  const endpointUrl = services?.get('s3.endpoint_url') ?? section.get('endpoint_url');
  const region = section.get('region');
  const source = section.get('source_profile');
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpointUrl === undefined ? {} : { endpointUrl }),
    sso: section.has('sso_session') || section.has('sso_start_url'),
    login: section.has('login_session'),
    process: section.has('credential_process'),
    mfa: section.has('mfa_serial'),
    givesKeys: GIVES_KEYS.some((key) => section.has(key)),
    ...(source === undefined ? {} : { source }),
  };
}

/** The profile that the keys of a profile come from in the end, along `source_profile`. */
export function originOf(
  profiles: ReadonlyMap<string, AwsProfile>,
  name: string,
): { name: string; profile: AwsProfile | undefined } {
  const seen = new Set<string>();
  for (let at = name; ;) {
    seen.add(at);
    const profile = profiles.get(at);
    if (profile?.source === undefined || seen.has(profile.source)) {
      return { name: at, profile };
    }
    at = profile.source;
  }
}
