import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeImageName } from '../../../../services/contracts/image-name.ts';
import {
  parseImageReference,
  type ImageReference,
} from '../../../../services/builder/image/registry/image-reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

const render = ({ registry, repository, tag, digest }: ImageReference): string =>
  `${registry === undefined ? '' : `${registry}/`}${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;

const references = fc.record(
  {
    registry: fc.constantFrom('localhost', 'localhost:5000', 'example.org', '10.0.0.1:80', '[::1]:5000', 'HOST'),
    repository: fc.constantFrom('a', 'a/b', 'ab-cd/e', 'a__b/c.d/e---f'),
    tag: fc.constantFrom('1', 'latest', '_x', 'V1.0-rc_1'),
    digest: fc.constant(DIGEST),
  },
  { requiredKeys: ['repository'] },
);

describe('parseImageReference', () => {
  it.each<[string, ImageReference]>([
    ['debian', { repository: 'debian' }],
    ['a/b:c', { repository: 'a/b', tag: 'c' }],
    ['my-org/image', { repository: 'my-org/image' }],
    ['localhost:5000/image', { registry: 'localhost:5000', repository: 'image' }],
    ['localhost/image:1', { registry: 'localhost', repository: 'image', tag: '1' }],
    ['localhost:5000', { repository: 'localhost', tag: '5000' }],
    ['registry.example.org/a/b/c:1', { registry: 'registry.example.org', repository: 'a/b/c', tag: '1' }],
    [`h:1/a:2@${DIGEST}`, { registry: 'h:1', repository: 'a', tag: '2', digest: DIGEST }],
  ])('reads %s', (text, reference) => {
    expect(parseImageReference(text)).toEqual(reference);
  });

  it.each([
    '',
    ':',
    'a:',
    '/a',
    'a/',
    'a//b',
    'A',
    'a b',
    'a:b:c',
    'a@b',
    `a@${DIGEST}@${DIGEST}`,
    '-a',
    'a:-b',
    '../a',
  ])('refuses %j', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });

  it('gives back the parts of any name', () => {
    fc.assert(
      fc.property(references, (reference) => {
        expect(parseImageReference(render(reference))).toEqual(reference);
      }),
    );
  });

  it('never throws, and what it reads renders to the same text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'Z', '0', '.', '-', '_', '/', ':', '@', '[', ']', '%', ' ') }),
        (text) => {
          const reference = parseImageReference(text);
          expect(reference === undefined || render(reference) === text).toBe(true);
        },
      ),
    );
  });

  it('reads the name of every image that is built here', () => {
    fc.assert(
      fc.property(fc.string(), (canonical) => {
        const commit = 'c'.repeat(40);
        const name = makeImageName({ prefix: 'slipway/', canonical, commit });
        expect(parseImageReference(name)).toMatchObject({ tag: commit });
      }),
    );
  });
});
