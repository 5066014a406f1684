import { describe, expect, it } from 'vitest';
import { simplifyMarker } from '../../../../services/builder/detect/python/marker.ts';

const TARGET = { python: '3.11', extras: new Set(['plot-all']), groups: new Set(['dev']) };
const simplify = (text: string) => simplifyMarker(text, TARGET);

describe('simplifyMarker', () => {
  it.each([
    ["sys_platform == 'win32'", false],
    ["'linux' in sys_platform", true],
    ['os_name != "nt"', true],
    ["python_version < '3.9'", false],
    ["'3.9' <= python_version", true],
    ["python_version == '3.11'", true],
    ["python_full_version >= '3.12'", false],
    ["python_full_version >= '3.11'", true],
    ["python_full_version >= '3.11.4'", "python_full_version >= '3.11.4'"],
    ["extra == 'Plot_All'", true],
    ["extra == 'other'", false],
    ["'dev' in dependency_groups and 'docs' not in dependency_groups", true],
    ["platform_machine == 'x86_64' and sys_platform == 'linux'", "platform_machine == 'x86_64'"],
    ["platform_machine == 'x86_64' or sys_platform == 'linux'", true],
    [
      "(platform_machine == 'a' or platform_machine == 'b') and platform_release != 'c'",
      "((platform_machine == 'a' or platform_machine == 'b') and platform_release != 'c')",
    ],
    ["sys_platform == 'win32' and platform_machine == 'a' or implementation_name == 'pypy'", false],
    ["python_version not in '3.8 3.9'", "python_version not in '3.8 3.9'"],
  ])('decides %s as %s', (text, condition) => {
    expect(simplify(text)).toBe(condition);
  });

  it.each([
    '',
    'x',
    "x = 'a'",
    "x == 'a",
    "(x == 'a'",
    "x == 'a')",
    'x == y',
    "'a' == 'b'",
    "x == 'a' and",
    "and x == 'a'",
  ])('knows that %j is no marker', (text) => {
    expect(simplify(text)).toBeUndefined();
  });

  it('answers what is deep or long', () => {
    expect(simplify(`${'('.repeat(9_000)}os_name == 'posix'${')'.repeat(9_000)}`)).toBeUndefined();
    expect(simplify(`os_name == '${'a'.repeat(50_000)}'`)).toBeUndefined();
    expect(simplify(Array.from({ length: 500 }, () => "os_name == 'posix'").join(' and '))).toBe(true);
  });
});
