// SPDX-License-Identifier: MIT
using Iced.Intel;

namespace Denali.Guests.Tests;

/// <summary>Code that several tests run.</summary>
internal static class Snippets
{
    /// <summary>Never leaves the processor of its own will.</summary>
    internal static void Spin(Assembler a)
    {
        Label again = a.CreateLabel();
        a.Label(ref again);
        a.jmp(again);
    }
}
