// SPDX-License-Identifier: MIT
using System;
using Denali.Kvm;

namespace Denali.Cli;

/// <summary>Which KVM device the command uses.</summary>
internal static class KvmDevice
{
    /// <summary>Environment variable that names another device than the usual one.</summary>
    internal const string Variable = "DENALI_KVM";

    /// <summary>Path of the device.</summary>
    internal static string Path =>
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } path ? path : KvmSystem.DefaultPath;
}
