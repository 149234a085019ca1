// SPDX-License-Identifier: MIT
namespace Denali.Control.Sites;

/// <summary>What is wrong with a kernel.</summary>
public enum KernelAlarmKind
{
    /// <summary>The swap file is full, or its disk refuses.</summary>
    SwapRefuses,

    /// <summary>No VM is let in, because those that idle have nowhere to go.</summary>
    NoneLetIn,

    /// <summary>VMs that are wanted cannot be read from the swap file.</summary>
    Unreadable,

    /// <summary>VMs have ended because what the swap file had of them was damaged. This one does not go off.</summary>
    Lost,
}
