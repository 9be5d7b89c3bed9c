export function parseSummary(
  text: string,
): { name: string; seconds: number; micros: number; calls: number; errors: number }[];
