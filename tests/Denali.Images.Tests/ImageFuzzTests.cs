// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Xunit;

namespace Denali.Images.Tests;

/// <summary>Hostile files: whatever the bytes are, the parser answers, and what it accepts keeps every promise.
/// </summary>
public sealed class ImageFuzzTests
{
    private static readonly byte[] s_valid = ElfBuilder.Valid();

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void TryParse_RandomMutations_NeverThrowsAndAcceptsOnlyWhatIsRight()
    {
        int accepted = 0;
        TestSeed.ForEach(100_000, 5_000_000, random => accepted += Probe(ImageMutator.Mutate(s_valid, random)));

        // Mutations that only ever fail would test nothing behind the first check.
        Assert.True(accepted > 1000, $"only {accepted} mutations were accepted");
    }

    [Fact]
    public void TryParse_EveryTruncation_NeverThrows()
    {
        for (int length = 0; length < s_valid.Length; length++)
        {
            Probe(s_valid[..length]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(8)]
    public void TryParse_EveryHeaderFieldAtEveryBoundary_NeverThrows(int width)
    {
        // File header, program headers and, behind the segments, the note: all in the first 1.2 KB.
        const int FieldBytes = 1200;
        Assert.True(s_valid.AsSpan(0, FieldBytes).IndexOf("Denali\0"u8) > 0);
        var value = new byte[8];
        for (int at = 0; at < FieldBytes; at += width)
        {
            foreach (ulong boundary in ImageMutator.Boundaries)
            {
                byte[] file = [.. s_valid];
                BinaryPrimitives.WriteUInt64LittleEndian(value, boundary);
                value.AsSpan(0, width).CopyTo(file.AsSpan(at));
                Probe(file);
            }
        }
    }

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void TryParse_RandomBytes_NeverThrows() =>
        TestSeed.ForEach(2_000, 200_000, random =>
        {
            var file = new byte[random.Next(2000)];
            random.NextBytes(file);
            s_valid.AsSpan(0, Math.Min(file.Length, random.Next(64))).CopyTo(file);
            Probe(file);
        });

    private static int Probe(byte[] file)
    {
        if (!DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error))
        {
            Assert.NotEqual(ImageErrorKind.None, error.Kind);
            Assert.Null(image);
            return 0;
        }

        Assert.Equal(ImageErrorKind.None, error.Kind);
        ImageInvariants.Check(image, file);
        return 1;
    }
}
