// SPDX-License-Identifier: MIT
using System.Threading;

namespace Denali.Kernel.Swap;

/// <summary>
/// Where workers tell that they hand no more VMs over, because VMs are saved: none of them looks for VMs to save before
/// all have, or a VM could come to one that has looked already. Any thread.
/// </summary>
/// <param name="workers">How many there are.</param>
internal sealed class SavingStart(int workers)
{
    private int _left = workers;

    /// <summary>Whether all have told. What they handed over before is in the mailbox of whoever gets it.</summary>
    internal bool IsOver => Volatile.Read(ref _left) <= 0;

    /// <summary>A worker hands nothing over any more.</summary>
    internal void Join() => Interlocked.Decrement(ref _left);
}
