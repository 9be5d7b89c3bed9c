// What an error says of itself, whoever threw it: the SDK, Node's network code, a server.
interface Response {
  statusCode?: number;
  headers?: Record<string, string | undefined>;
}

/** The parts of any error that tell what happened. */
export interface Failed {
  name: string;
  code: string;
  status: number | undefined;
  headers: Record<string, string | undefined>;
  message: string;
  /** The message of what it was made of. */
  inner: string;
  region: string | undefined;
}

/** Reads an error from wherever it came. */
export function readFailure(error: unknown): Failed {
  const e = (typeof error === 'object' && error !== null ? error : {}) as {
    name?: unknown;
    code?: unknown;
    Code?: unknown;
    message?: unknown;
    Region?: unknown;
    status?: number;
    cause?: unknown;
    $response?: Response;
    $metadata?: { httpStatusCode?: number };
  };
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const cause = e.cause as { code?: unknown; message?: unknown } | undefined;
  return {
    name: text(e.name),
    code: text(e.code) || text(cause?.code) || text(e.Code),
    status: e.$metadata?.httpStatusCode ?? e.$response?.statusCode ?? e.status,
    headers: e.$response?.headers ?? {},
    message: text(e.message),
    inner: text(cause?.message),
    region: text(e.Region) || undefined,
  };
}
