// SPDX-License-Identifier: MIT
using System;

namespace Denali.Kernel.Templates;

/// <summary>What the VM had that became a template.</summary>
[Flags]
internal enum TemplateFlags : uint
{
    /// <summary>Neither network nor disks.</summary>
    None = 0,

    /// <summary>A network interface.</summary>
    Network = 1,

    /// <summary>Disks.</summary>
    Disks = 2,

    /// <summary>It had used its disks.</summary>
    DisksUsed = 4,

    /// <summary>All that this kernel knows.</summary>
    All = Network | Disks | DisksUsed,
}
