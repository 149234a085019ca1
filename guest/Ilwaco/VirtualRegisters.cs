// SPDX-License-Identifier: MIT
using Denali.Hardware;

namespace Ilwaco;

/// <summary>The virtual registers: the page through which the kernel and this VM see each other.</summary>
public static unsafe class VirtualRegisters
{
    /// <summary>The page. What the kernel writes changes only while the VM does not run.</summary>
    public static RegisterPage* Page => (RegisterPage*)AddressMap.RegisterPageBase;
}
