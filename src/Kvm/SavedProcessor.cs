// SPDX-License-Identifier: MIT
using System.Runtime.InteropServices;
using Denali.Kvm.Interop;

namespace Denali.Kvm;

/// <summary>All state of a virtual processor that its guest can have changed.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SavedProcessor
{
    /// <summary>General registers.</summary>
    internal KvmRegs Registers;

    /// <summary>Floating point and vector registers.</summary>
    internal KvmXsave Extended;

    /// <summary>Base of FS, which a guest may set where there is wrfsbase.</summary>
    internal ulong FsBase;

    /// <summary>Base of GS.</summary>
    internal ulong GsBase;
}
