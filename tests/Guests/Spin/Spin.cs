// SPDX-License-Identifier: MIT
using Ilwaco;

/// <summary>Never ends: it only says that it was asked to.</summary>
internal static class Spin
{
    private static int Main()
    {
        Termination.SetHandler(Ignore);
        ConsoleDevice.Write("spinning\n"u8);
        while (true)
        {
        }
    }

    private static void Ignore() => ConsoleDevice.Write("asked\n"u8);
}
