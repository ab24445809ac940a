const PREFIX_ENTRY = /^arn:[^:*?$]+:secretsmanager:[^:*?$]+:[^:*?$]+:secret:(?<prefix>[^*?$]+)\*$/;

/**
 * What the names of secrets begin with that an entry of `Resource` stands for: all such of one Region. Nothing for an entry
 * that names one secret, or stands for every secret.
 */
export function prefixOfEntry(resource: string): string | undefined {
  return PREFIX_ENTRY.exec(resource)?.groups?.prefix;
}
