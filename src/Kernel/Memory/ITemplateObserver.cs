// SPDX-License-Identifier: MIT
using Denali.Engine;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Memory;

/// <summary>Who made a VM to have its memory captured when it has booted.</summary>
internal interface ITemplateObserver : IMachineObserver
{
    /// <summary>The VM is ready and was taken out of its worker's hands. Called by the janitor, before
    /// <see cref="IMachineObserver.OnEnded"/>.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="record">Its record.</param>
    void Capture(IExecutionSlot slot, in MachineRecord record);
}
