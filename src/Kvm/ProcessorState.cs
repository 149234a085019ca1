// SPDX-License-Identifier: MIT
using System.Runtime.Intrinsics.X86;

namespace Denali.Kvm;

/// <summary>Which optional state of the processor guests get.</summary>
/// <remarks>
/// A software-assisted KVM reports fewer features than it runs guests with, so what KVM reports does not decide: the
/// host's processor says what there is, and whether KVM accepts the state says whether it is switched.
/// </remarks>
/// <param name="ControlBits">Bits of CR4 beyond the necessary ones.</param>
/// <param name="HasAvx">Whether AVX state is enabled in XCR0.</param>
internal readonly record struct ProcessorState(ulong ControlBits, bool HasAvx)
{
    private const ulong Umip = 0x800;
    private const ulong Fsgsbase = 0x1_0000;
    private const ulong Osxsave = 0x4_0000;

    /// <summary>What to try, best first.</summary>
    internal static ProcessorState[] Candidates =>
        HostHasLevel3
            ? [
                new(Umip | Fsgsbase | Osxsave, HasAvx: true),
                new(Fsgsbase | Osxsave, HasAvx: true),
                new(Osxsave, HasAvx: true),
                new(Umip, HasAvx: false),
                new(0, HasAvx: false),
            ]
            : [new(Umip, HasAvx: false), new(0, HasAvx: false)];

    /// <summary>Highest x86-64 level that guests may use.</summary>
    internal uint Level => HasAvx ? 3u : 2u;

    private static bool HostHasLevel3 =>
        Avx2.IsSupported && Bmi1.X64.IsSupported && Bmi2.X64.IsSupported && Fma.IsSupported && Lzcnt.X64.IsSupported;
}
