import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../services/builder/detect/decode-text.ts';

const latin1 = { file: 'requirements.txt', otherwise: 'latin1' } as const;
const strict = { file: 'apt.txt', otherwise: 'refuse' } as const;
const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);

describe('decodeText', () => {
  it.each([
    ['UTF-8', Buffer.from('grüße\n')],
    ['UTF-8 with a mark', Buffer.from('\ufeffgrüße\n')],
    ['CRLF', Buffer.from('grüße\r\n')],
    ['CR', Buffer.from('grüße\r')],
    ['UTF-16 little-endian', utf16('grüße\r\n')],
    ['UTF-16 big-endian', utf16('grüße\r\n').swap16()],
    ['Latin-1', Buffer.from('grüße\n', 'latin1')],
  ])('reads %s', (_name, bytes) => {
    expect(decodeText(bytes, latin1)).toBe('grüße\n');
  });

  it('reads Latin-1 only where asked to', () => {
    expect(() => decodeText(Buffer.from('ü', 'latin1'), strict)).toThrow('apt.txt: the file is not UTF-8 text.');
  });

  it.each([
    ['NUL', Buffer.from('six\0')],
    ['UTF-16 without a mark', Buffer.from('six', 'utf16le')],
    ['half a UTF-16 character', Buffer.from([0xff, 0xfe, 0x00])],
  ])('refuses %s and names the file', (_name, bytes) => {
    expect(() => decodeText(bytes, latin1)).toThrow(
      expect.objectContaining({ code: 'DETECT_FILE_UNREADABLE', message: expect.stringContaining('requirements.txt') }),
    );
  });
});
