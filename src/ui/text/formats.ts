// Making one of these takes up to milliseconds, and a page of the timeline needs hundreds of texts: each is made once.

const dates = new Map<string, Intl.DateTimeFormat>();
const ages = new Map<string, Intl.RelativeTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  let format = known.get(key);
  if (format === undefined) {
    format = make();
    known.set(key, format);
  }
  return format;
}

/** Writes dates and times. */
export function dateFormat(
  locale: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  return kept(dates, key, () => new Intl.DateTimeFormat(locale, options));
}

/** Writes how long ago something was: `5 min. ago`. */
export function ageFormat(locale: string): Intl.RelativeTimeFormat {
  const options = { numeric: 'auto', style: 'short' } as const;
  return kept(ages, locale, () => new Intl.RelativeTimeFormat(locale, options));
}

/** Writes numbers with at most so many digits behind the point. */
export function numberFormat(locale: string, digits = 0): Intl.NumberFormat {
  const options = { maximumFractionDigits: digits };
  return kept(numbers, `${locale} ${digits}`, () => new Intl.NumberFormat(locale, options));
}
