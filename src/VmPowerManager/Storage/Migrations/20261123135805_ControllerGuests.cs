using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VmPowerManager.Storage.Migrations
{
    /// <inheritdoc />
    public partial class ControllerGuests : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "ControlsHosts",
                table: "Guests",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ControlsHosts",
                table: "Guests");
        }
    }
}
