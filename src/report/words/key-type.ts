/** Words about what kind of key a secret holds. */
export const keyTypeWords = {
  unknown:
    'whether its characters are right cannot be told: it may be an SRT password, or a static key that is damaged',
  unknownRemedy:
    'If it is an SRT password, verify it with --key-type srt-password. If it is a static key, with --key-type static-key.',
};
