// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Denali.Control.Ingress;
using Denali.Control.Sites;
using Denali.Kernel;

namespace Denali.Cli;

/// <summary>Tells the user of <c>denali up</c> what happens. Any thread.</summary>
internal abstract class UpReporter : IDisposable
{
    /// <summary>Visitors and commands can come in.</summary>
    /// <param name="urls">Where it listens for visitors.</param>
    /// <param name="socket">Where it listens for commands.</param>
    internal virtual void Listening(IReadOnlyList<string> urls, string socket)
    {
    }

    /// <summary>All sites that were asked for serve, or have failed for the time being.</summary>
    /// <param name="sites">The sites and where they are found.</param>
    internal abstract void Up(IReadOnlyList<(Site Site, string Url)> sites);

    /// <summary>A site became something else.</summary>
    /// <param name="change">What.</param>
    /// <param name="url">Where it is found.</param>
    internal abstract void Changed(SiteEvent change, string url);

    /// <summary>A request was answered.</summary>
    /// <param name="entry">It.</param>
    internal abstract void Requested(AccessLogEntry entry);

    /// <summary>Something is wrong, and what ran runs on.</summary>
    /// <param name="text">What, and the cure.</param>
    internal abstract void Warn(string text);

    /// <summary>Somebody has to see to something, or need not any more.</summary>
    /// <param name="alarm">To what.</param>
    /// <param name="isOn">Whether it is so now.</param>
    internal virtual void Alarm(KernelAlarm alarm, bool isOn) => Warn((isOn ? "alarm: " : "alarm over: ") + alarm.Text);

    /// <summary>All VMs were to be saved.</summary>
    /// <param name="report">What came of it.</param>
    /// <param name="folder">The state folder.</param>
    internal virtual void Saved(SaveReport report, string folder)
    {
        foreach (UnsavedMachine machine in report.Unsaved)
        {
            Warn(string.Create(
                CultureInfo.InvariantCulture,
                $"VM {machine.Id} is not saved ({machine.Reason}): its site starts anew with the next kernel"));
        }
    }

    /// <summary>All is being ended.</summary>
    internal abstract void Ending();

    public virtual void Dispose()
    {
    }
}
