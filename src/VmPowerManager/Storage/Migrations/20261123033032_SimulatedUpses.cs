using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace VmPowerManager.Storage.Migrations
{
    /// <inheritdoc />
    public partial class SimulatedUpses : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "SimulatedDevice",
                table: "Ups",
                type: "TEXT",
                maxLength: 50,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "SimulatedDevice",
                table: "Ups");
        }
    }
}
