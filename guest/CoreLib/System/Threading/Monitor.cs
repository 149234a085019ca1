// SPDX-License-Identifier: MIT
namespace System.Threading;

/// <summary>What <see langword="lock"/> becomes. The IL checker refuses it, with the cure.</summary>
public static class Monitor
{
    /// <summary>Refused when the guest is built.</summary>
    /// <param name="obj">The object to lock.</param>
    /// <param name="lockTaken">Whether it is locked.</param>
    public static void Enter(object obj, ref bool lockTaken) => throw new NotSupportedException("lock");

    /// <summary>Refused when the guest is built.</summary>
    /// <param name="obj">The object to unlock.</param>
    public static void Exit(object obj) => throw new NotSupportedException("lock");
}
