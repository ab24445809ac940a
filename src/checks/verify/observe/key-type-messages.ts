/** Words about what kind of key a secret holds. */
export const keyTypeWords = {
  unknown:
    'whether its characters are right cannot be told: it may be either an SRT password or a damaged static key',
  unknownRemedy:
    'For an SRT password, run verify with --key-type srt-password. For a static key, use --key-type static-key.',
};
