// SPDX-License-Identifier: MIT
namespace Denali.Cli;

/// <summary>How a check of the machine ended.</summary>
internal enum DoctorVerdict
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>VMs run, but fewer, slower, or without something that is optional.</summary>
    Warn,

    /// <summary>VMs do not run.</summary>
    Fail,
}
