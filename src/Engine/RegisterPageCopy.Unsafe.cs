// SPDX-License-Identifier: MIT
using System;
using System.Runtime.InteropServices;
using Denali.Hardware;

namespace Denali.Engine;

/// <summary>Reads the virtual registers from a copy of the page that they are in.</summary>
public static class RegisterPageCopy
{
    /// <summary>Reads them.</summary>
    /// <param name="page">The copy, <see cref="AddressMap.PageBytes"/> long.</param>
    /// <returns>The registers: what the guest says is to be checked.</returns>
    // SAFETY: it is checked to be as long as the structure, which any bytes are one of.
    public static RegisterPage Read(ReadOnlySpan<byte> page) => MemoryMarshal.Read<RegisterPage>(page);
}
