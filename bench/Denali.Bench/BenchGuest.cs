// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using Denali.Hardware;
using Denali.Images;

namespace Denali.Bench;

/// <summary>The guest that the benchmarks run (guest/Apps/Bench).</summary>
internal static class BenchGuest
{
    private const string Name = "bench";

    internal static DenaliImage Parse() => Parse(Name);

    /// <summary>Any guest that the project builds.</summary>
    /// <param name="name">Its name.</param>
    internal static DenaliImage Parse(string name) => Parse(BenchmarkContext.ReadGuest(name));

    /// <summary>The guest of the benchmarks that need a network (guest/Apps/BenchNet).</summary>
    internal static DenaliImage ParseNetwork() => Parse("benchnet");

    /// <summary>The same image, but its first instruction reports ready.</summary>
    internal static DenaliImage ParseReadyAtOnce()
    {
        byte[] file = BenchmarkContext.ReadGuest(Name);
        DenaliImage image = Parse(file);
        ImageSegment code = image.Segments.First(segment => segment.Contains(image.Entry));
        int offset = code.FileOffset + (int)(image.Entry - code.Address);

        // mov eax, ready; call rax; xor edi, edi; mov eax, terminate; call rax
        byte[] patch =
        [
            0xB8, .. BitConverter.GetBytes((uint)InstructionPage.ReadyEntry), 0xFF, 0xD0, 0x31, 0xFF,
            0xB8, .. BitConverter.GetBytes((uint)InstructionPage.TerminateEntry), 0xFF, 0xD0,
        ];
        patch.CopyTo(file, offset);
        return Parse(file);
    }

    private static DenaliImage Parse(byte[] file) =>
        DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error)
            ? image
            : throw new InvalidOperationException(error.Message);
}
