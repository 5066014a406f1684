import { describe, expect, it } from 'vitest';
import { createHomeForm } from '../../web/src/pages/create-home-form.ts';

const linkOf = (form: ReturnType<typeof createHomeForm>): string | undefined =>
  form.checked.value.ok ? form.checked.value.link : undefined;

describe('createHomeForm', () => {
  it('fills in the fields from the pasted address', () => {
    const form = createHomeForm();
    form.typeAddress('https://git.example.org/a.git');
    expect(form.provider.value.id).toBe('git');
    expect(linkOf(form)).toBe('/v2/git/https%3A%2F%2Fgit.example.org%2Fa.git/HEAD');
    form.typeAddress('https://github.com/o/r/blob/dev/a.ipynb');
    expect(linkOf(form)).toBe('/v2/gh/o/r/dev?labpath=a.ipynb');
  });

  it('does not keep the link of an earlier address when the new one cannot be read', () => {
    const form = createHomeForm();
    form.typeAddress('o/r');
    form.typeAddress('o/');
    expect(linkOf(form)).toBeUndefined();
  });

  it('lets the fields be corrected by hand', () => {
    const form = createHomeForm();
    form.typeAddress('o/r');
    form.change({ ref: 'v2' });
    expect(form.address.value).toBe('o/r');
    expect(linkOf(form)).toBe('/v2/gh/o/r/v2');
  });

  it('shows a message only when its field was left or the form was sent', () => {
    const form = createHomeForm();
    form.typeAddress('nonsense');
    expect(form.errorOf('address')).toBeUndefined();
    form.leave('address');
    expect(form.errorOf('address')).toMatch(/not the address of a repository/);
    expect(form.errorOf('repo')).toBeUndefined();
  });

  it('asks for an address when it is sent empty, and for that alone', () => {
    const form = createHomeForm();
    expect(form.showErrors()).toBe('address');
    expect(form.errorOf('address')).toMatch(/Paste the address/);
    expect(form.errorOf('repo')).toBeUndefined();
  });

  it('names the providers of the server when a link needs another one', () => {
    const form = createHomeForm();
    form.typeAddress('/v2/zenodo/10.5281/zenodo.1');
    form.leave('address');
    expect(form.errorOf('address')).toBe('This server has no provider “zenodo”. It has: GitHub, Git repository.');
  });
});
