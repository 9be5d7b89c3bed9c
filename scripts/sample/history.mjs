// What happened to the sample workspace: edits as people make them, and a snapshot after each.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { teaPicture } from './png.mjs';

/** The few things that a person does to files, inside one folder. */
export function editor(root) {
  const write = (path, content) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  return {
    write,
    replace(path, from, to) {
      const before = readFileSync(join(root, path), 'utf8');
      if (!before.includes(from)) throw new Error(`The sample's ${path} has no "${from}".`);
      write(
        path,
        before.replace(from, () => to),
      );
    },
    append: (path, text) => write(path, readFileSync(join(root, path), 'utf8') + text),
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    rename(from, to) {
      mkdirSync(dirname(join(root, to)), { recursive: true });
      renameSync(join(root, from), join(root, to));
    },
  };
}

function discountCodes(edit) {
  edit.replace(
    'src/cart.ts',
    '/** The price of all lines, in cents. */',
    [
      '/** What a code takes off, in per cent. */',
      'const codes = new Map([',
      "  ['FIRST-CUP', 10],",
      "  ['WINTER', 15],",
      ']);',
      '',
      'export function discounted(cents: number, code: string): number {',
      '  return Math.round(cents * (1 - (codes.get(code) ?? 0) / 100));',
      '}',
      '',
      '/** The price of all lines, in cents. */',
    ].join('\n'),
  );
  edit.replace('test/cart.test.ts', 'add, total', 'add, discounted, total');
  edit.append(
    'test/cart.test.ts',
    "\ntest('a code takes its part off', () => {\n  assert.equal(discounted(1000, 'WINTER'), 850);\n});\n",
  );
  edit.replace('docs/roadmap.md', '- discount codes\n', '');
}

function tidyUp(edit) {
  edit.rename('src/util/money.ts', 'src/format/money.ts');
  for (const route of ['home', 'product', 'cart']) {
    edit.replace(`src/routes/${route}.ts`, '../util/money.ts', '../format/money.ts');
  }
  edit.remove('src/util');
  edit.remove('src/legacy');
}

function oolong(edit) {
  edit.write('media/tea-oolong.png', teaPicture(96, [201, 146, 62]));
  const added = { id: 'oolong', name: 'Oolong', cents: 1420, picture: 'tea-oolong.png' };
  const entry = JSON.stringify(added, null, 2).replaceAll('\n', '\n  ');
  edit.replace('data/products.json', '  }\n]', `  },\n  ${entry}\n]`);
  edit.append('docs/brewing.md', 'Oolong: 85 °C, three minutes.\n');
  edit.replace('package.json', '"version": "0.4.0"', '"version": "1.0.0"');
}

function openingHours(edit) {
  edit.replace(
    'src/layout.ts',
    'Tea since 2019',
    'Tea since 2019 · open Monday to Saturday, 9 to 6',
  );
  edit.replace(
    'public/style.css',
    'footer { color: #777; }',
    'footer { color: #555; font-size: 14px; }',
  );
  edit.replace('docs/shipping.md', 'before noon', 'before two in the afternoon');
}

/** The steps after the first state: the edits, and the snapshot that is taken after them. */
export const steps = [
  { edits: () => {}, message: 'First working shop' },
  { edits: discountCodes, message: 'Discount codes in the cart' },
  { edits: tidyUp, message: 'Tidy up: old checkout gone, money moves to format' },
  { edits: oolong, message: 'Oolong joins the catalogue', tag: 'reviewed', promote: 'release-1.0' },
  { edits: openingHours, message: 'Opening hours in the footer' },
];

/** Work in progress, which no snapshot holds yet. */
export function unsavedWork(edit) {
  edit.replace('src/cart.ts', "  ['WINTER', 15],\n", "  ['WINTER', 20],\n  ['SPRING', 5],\n");
  edit.write(
    'src/routes/wishlist.ts',
    "import { layout } from '../layout.ts';\n\nexport function wishlistPage(): string {\n  return layout('Your wish list', '<p>Nothing yet.</p>');\n}\n",
  );
  edit.remove('docs/roadmap.md');
}
