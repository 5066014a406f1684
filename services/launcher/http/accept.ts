/** Whether an Accept header names the media type itself with a quality above 0 (RFC 9110 12.5.1); a wildcard does not count. */
export const isAccepted = (accept: string | undefined, mediaType: string): boolean =>
  (accept ?? '').split(',').some((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return type === mediaType && Number(quality ?? 1) > 0;
  });
