using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace VmPowerManager.Accounts;

/// <summary>A refresh token, hashed. Single use: a used one stays until it expires, so that its reuse is noticed, which
/// ends its whole family.</summary>
public sealed class RefreshTokenRow
{
    public int Id { get; init; }
    public required int UserId { get; init; }
    public required string Hash { get; init; }

    /// <summary>All that descend from one sign-in.</summary>
    public required Guid Family { get; init; }

    /// <summary>The user's stamp at sign-in; the token is dead under any other.</summary>
    public required string Stamp { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? UsedAt { get; init; }
}

/// <summary>A personal API token (<c>vhp_...</c>), hashed.</summary>
public sealed class ApiTokenRow
{
    public int Id { get; init; }
    public required int UserId { get; init; }
    public required string Name { get; init; }
    public required Role Role { get; init; }
    public required string Hash { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>Random tokens of 256 bits. A plain hash is enough for those: there is nothing to guess.</summary>
internal static class TokenText
{
    public const string ApiTokenPrefix = "vhp_";
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string New() => RandomNumberGenerator.GetString(Alphabet, 43);

    public static string Hash(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

internal sealed class RefreshTokenConfiguration : IEntityTypeConfiguration<RefreshTokenRow>
{
    public void Configure(EntityTypeBuilder<RefreshTokenRow> builder)
    {
        builder.ToTable("RefreshTokens").HasIndex(t => t.Hash).IsUnique();
        builder.HasIndex(t => t.Family);
    }
}

internal sealed class ApiTokenConfiguration : IEntityTypeConfiguration<ApiTokenRow>
{
    public void Configure(EntityTypeBuilder<ApiTokenRow> builder) =>
        builder.ToTable("ApiTokens").HasIndex(t => t.Hash).IsUnique();
}
