// SPDX-License-Identifier: MIT
using Ilwaco;

/// <summary>The smallest guest: says hello and ends.</summary>
internal static class Hello
{
    private static int Main()
    {
        ConsoleDevice.Write("Hello from a guest\n"u8);
        return 0;
    }
}
